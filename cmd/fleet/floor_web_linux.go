package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"mingbai/cmd/internal/machine"
)

var nginxNeed = machine.Need{Package: "nginx", Why: "the server of files that blobs are compared with; it is run here on its own port and need not run as a service", Probe: "/usr/sbin/nginx"}

// fileFloor starts nginx, or where it cannot be had Go's own server of files; is says
// which.
func (m *Bench) fileFloor(ctx context.Context) (f fileFloor, is string, err error) {
	dir, err := m.writeNoise()
	if err != nil {
		return f, "", err
	}
	if err := m.Install(ctx, nginxNeed); err != nil {
		m.Log.Warn("nginx cannot be had; files are compared with Go's own server.", "error", err)
		c, err := m.spawn("files", dir)
		if err != nil {
			return f, "", err
		}
		var r ready
		err = c.call(ctx, "ready", nil, &r)
		return fileFloor{r.URL + "/file", func() (time.Duration, error) { return cpuOf(ctx, c) }, func() {}}, "http.ServeContent with nothing around it, because nginx could not be installed", err
	}
	pid, address, stop, err := m.nginx(ctx, dir)
	if err != nil {
		return f, "", err
	}
	return fileFloor{address + "/file", func() (time.Duration, error) {
		p, err := m.Proc(pid)
		return p.CPU, err
	}, stop}, "nginx with sendfile serving the same bytes from a file, one process, no log", nil
}

// nginx starts it as one process that ends with this one.
func (m *Bench) nginx(ctx context.Context, dir string) (pid int, address string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, "", nil, err
	}
	addr := l.Addr().String()
	l.Close() // nginx takes the port next
	conf := filepath.Join(dir, "nginx.conf")
	text := fmt.Sprintf(`daemon off;
master_process off;
pid %[1]s/pid;
error_log %[1]s/error.log;
events { worker_connections 64; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000;
	default_type application/octet-stream;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	server { listen %[2]s; root %[1]s; }
}
`, dir, addr)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return 0, "", nil, err
	}
	cmd := exec.Command(nginxNeed.Probe, "-c", conf, "-e", filepath.Join(dir, "error.log"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	said := &tail{}
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		return 0, "", nil, fmt.Errorf("start nginx: %w", err)
	}
	ended := make(chan struct{})
	go func() { // ends with nginx
		cmd.Wait()
		close(ended)
	}()
	stop = func() {
		cmd.Process.Kill() // it has ended already, or does
		<-ended
	}
	defer func() {
		if err != nil {
			stop()
		}
	}()
	address = "http://" + addr
	limit, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return cmd.Process.Pid, address, stop, nil
		}
		select {
		case <-poll.C:
		case <-ended:
			return 0, "", nil, errors.New("nginx ended at once" + said.last())
		case <-limit.Done():
			return 0, "", nil, errors.New("nginx does not answer" + said.last())
		}
	}
}

// serveFiles is the least that Go needs to serve a folder.
func serveFiles(dir string) (*http.Server, string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, err := os.Open(filepath.Join(dir, filepath.Base(strings.TrimPrefix(r.URL.Path, "/"))))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer f.Close()
		w.Header().Set("Content-Type", "application/octet-stream")
		http.ServeContent(w, r, "", time.Time{}, f)
	})}
	go srv.Serve(l) // ends with Close
	return srv, "http://" + l.Addr().String(), nil
}
