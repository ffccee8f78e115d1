package wire

import "fmt"

// Refusal says why signed or framed bytes were not accepted. Its Reason is what
// a device reports; its Detail is a sentence for a technician.
type Refusal struct {
	Reason Reason
	Detail string
}

func (r *Refusal) Error() string { return fmt.Sprintf("refused as %s: %s", r.Reason, r.Detail) }

func refuse(reason Reason, format string, args ...any) error {
	return &Refusal{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}
