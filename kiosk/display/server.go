package display

import "context"

func (d *Display) watchServer(ctx context.Context, name string) {}
