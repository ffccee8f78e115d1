//go:build noebiten

package screen

import (
	"errors"
	"log/slog"

	"mingbai/configs"
	"mingbai/kiosk/player"
)

const withEbiten = false

func openEbiten(string, configs.Screen, func(), *slog.Logger) (player.Presenter, error) {
	return nil, errors.New("this program was built without ebiten; set window.backend to shm or none")
}
