package playlist
