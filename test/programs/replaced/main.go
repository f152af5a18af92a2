// Command replaced fills a map and makes it anew, again and again: the memory of the old one is soon used by others.
package main

import (
	"fmt"
	"time"
)

var grown = map[int]int{}

func main() {
	fmt.Println("ready")
	for i := 0; ; i++ {
		grown[i] = i
		if len(grown) > 100_000 {
			grown = map[int]int{}
		}
		if i%10_000 == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
}
