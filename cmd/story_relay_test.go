package cmd

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"mingbai/playlist"
	"mingbai/playlist/wire"
)

// relay stands between the lines and the office and speaks the protocol. It can
// slip messages to a screen as a stranger on the line would, it notes what
// screens refuse, and it can make the office live in another time, so that a
// screen can come back after sixty days.
type relay struct {
	server   *http.Server
	listener net.Listener
	work     sync.WaitGroup

	mu      sync.Mutex // guards all below
	office  string
	ahead   time.Duration // the office's clock before the true time
	screens map[string]*relayed
	refused map[string][]wire.Refused // by screen, in order
	pushes  map[string][]wire.Push    // by channel, or "settings of" and the screen, in order, each revision once
}

// relayed is one connection of a screen.
type relayed struct {
	mu   sync.Mutex // one writer at a time
	conn *websocket.Conn
}

func (r *relayed) write(b []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.conn.WriteMessage(websocket.BinaryMessage, b)
}

func newRelay() (*relay, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &relay{listener: l, screens: map[string]*relayed{}, refused: map[string][]wire.Refused{}, pushes: map[string][]wire.Push{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/device/v1/ws", r.websocket)
	mux.Handle("/", &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(&url.URL{Scheme: "http", Host: r.officeAddress()})
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	})
	r.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	r.work.Go(func() { _ = r.server.Serve(l) }) // ends with close
	return r, nil
}

func (r *relay) close() {
	r.server.Close()
	r.mu.Lock()
	conns := r.screens
	r.mu.Unlock()
	for _, c := range conns {
		c.conn.Close()
	}
	r.work.Wait()
}

func (r *relay) address() string { return r.listener.Addr().String() }

func (r *relay) officeAddress() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.office
}

func (r *relay) setOffice(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.office = address
}

// websocket joins a screen's connection with one to the office. The name under
// which it is kept is the one that the screen's hello gives as its host.
func (r *relay) websocket(w http.ResponseWriter, req *http.Request) {
	r.work.Add(1)
	defer r.work.Done()
	office, resp, err := websocket.DefaultDialer.Dial("ws://"+r.officeAddress()+req.URL.Path, nil)
	if err != nil {
		if resp != nil {
			w.WriteHeader(resp.StatusCode)
			return
		}
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer office.Close()
	conn, err := (&websocket.Upgrader{}).Upgrade(w, req, nil)
	if err != nil {
		return
	}
	screen := &relayed{conn: conn}
	defer conn.Close()
	done := make(chan struct{})
	go func() { // ends with either connection
		defer close(done)
		defer office.Close()
		r.upward(screen, office)
	}()
	r.downward(screen, office)
	conn.Close()
	<-done
}

// downward passes on what the office sends, in the office's own time.
func (r *relay) downward(screen *relayed, office *websocket.Conn) {
	for {
		_, b, err := office.ReadMessage()
		if err != nil {
			if e, ok := err.(*websocket.CloseError); ok && e.Code != websocket.CloseAbnormalClosure {
				_ = screen.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(e.Code, e.Text), time.Now().Add(time.Second))
			}
			return
		}
		r.note(b)
		if screen.write(r.shifted(b)) != nil {
			return
		}
	}
}

// note keeps what the office has signed.
func (r *relay) note(b []byte) {
	var p wire.Push
	if m, err := wire.Decode(b); err != nil || m.Type != wire.TypePush || m.Into(&p) != nil {
		return
	}
	key := p.Channel.String()
	if p.Channel.IsZero() {
		var s playlist.Settings
		if json.Unmarshal(p.Envelope.Payload, &s) != nil {
			return
		}
		key = "settings of " + string(s.Screen.ID)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.pushes[key]
	if len(list) > 0 && list[len(list)-1].Revision >= p.Revision {
		return
	}
	if p.Patch != nil {
		i := slices.IndexFunc(list, func(q wire.Push) bool { return q.Revision == p.Patch.From })
		if i < 0 {
			return
		}
		whole, err := p.Patch.Apply(list[i].Envelope.Payload)
		if err != nil {
			return
		}
		p.Envelope.Payload, p.Patch = whole, nil
	}
	r.pushes[key] = append(list, p)
}

// upward passes on what the screen says and notes what it refuses.
func (r *relay) upward(screen *relayed, office *websocket.Conn) {
	name := ""
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.screens[name] == screen {
			delete(r.screens, name)
		}
	}()
	for {
		_, b, err := screen.conn.ReadMessage()
		if err != nil {
			return
		}
		if m, err := wire.Decode(b); err == nil {
			var hello wire.Hello
			var refused wire.Refused
			r.mu.Lock()
			switch {
			case m.Type == wire.TypeHello && m.Into(&hello) == nil:
				name = hello.Host
				r.screens[name] = screen
			case m.Type == wire.TypeRefused && m.Into(&refused) == nil:
				r.refused[name] = append(r.refused[name], refused)
			}
			r.mu.Unlock()
		}
		if office.WriteMessage(websocket.BinaryMessage, b) != nil {
			return
		}
	}
}

// shifted moves the times of a message to the office's time.
func (r *relay) shifted(b []byte) []byte {
	r.mu.Lock()
	ahead := r.ahead
	r.mu.Unlock()
	m, err := wire.Decode(b)
	if err != nil || ahead == 0 {
		return b
	}
	var out []byte
	switch m.Type {
	case wire.TypeChallenge:
		var v wire.Challenge
		if err = m.Into(&v); err == nil {
			v.Time = v.Time.Add(ahead)
			out, err = wire.Encode(m.Type, v)
		}
	case wire.TypeWelcome:
		var v wire.Welcome
		if err = m.Into(&v); err == nil {
			v.Time = v.Time.Add(ahead)
			out, err = wire.Encode(m.Type, v)
		}
	case wire.TypePush:
		var v wire.Push
		if err = m.Into(&v); err == nil && !v.Time.IsZero() {
			var blobs [][]byte
			if blobs, err = m.Blobs(v.Attached); err == nil {
				v.Time = v.Time.Add(ahead)
				out, err = wire.Encode(m.Type, v, blobs...)
			}
		}
	}
	if err != nil || out == nil {
		return b
	}
	return out
}

// slip sends bytes to a screen as if they came from the office; false when it is
// not connected.
func (r *relay) slip(screen string, b []byte) bool {
	r.mu.Lock()
	c := r.screens[screen]
	r.mu.Unlock()
	if c == nil {
		return false
	}
	_ = c.write(b) // the screen may hang up before the end of it
	return true
}

// refusals returns what a screen has refused so far.
func (r *relay) refusals(screen string) []wire.Refused {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.refused[screen])
}
