package accounts

import (
	"net"
	"net/http"
	"strings"
)

// Origin is the address that a request came from, for the audit log. Behind a
// proxy that the operator trusts it is what the proxy itself saw: the last entry
// of X-Forwarded-For. What a browser writes there before the proxy does is not
// believed.
func Origin(r *http.Request, proxy bool) string {
	if proxy {
		all := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
		last := strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:])
		if net.ParseIP(last) != nil {
			return last
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
