package webhook

import (
	"crypto/ed25519"
	"time"
)

// What tests of this package look into.
var (
	Wait  = wait
	Pause = pause
)

// Waits are the times between tries.
var Waits = waits

// GiveUp is when a failing endpoint is paused.
const GiveUp = giveUp

// Sign is the header of a message under a shared secret.
func Sign(shared []byte, id string, at time.Time, body []byte) string {
	_, own, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err)
	}
	return signatures([]pair{{shared, own}}, id, at, body)
}
