// Command stale counts through a pointer that it got out of a map long ago, while the map grows now and then.
package main

import (
	"fmt"
	"time"
)

// S is what the pointer leads to: it never moves.
type S struct{ Hits int }

var (
	m     = map[int]*S{}
	stale = &S{1}
)

//go:noinline
func staleWrite() { stale.Hits++ }

func main() {
	m[7] = stale
	fmt.Println("ready")
	next := 100
	for i := 0; ; i++ {
		staleWrite()
		if i%150 == 149 && next < 4000000 {
			for n := len(m); len(m) < 2*n; next++ {
				m[next] = nil
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
}
