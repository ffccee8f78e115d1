package page

import "mingbai/playlist/scene/typeset"

// short sets a short text, such as a title, so that its lines come out about
// equally long and end where phrases do.
func (x *ctx) short(text string, st typeset.Style, width int) *typeset.Para {
	st.Balance = true
	return x.set(text, st, width)
}
