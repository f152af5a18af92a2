// Uses maps in ways that mapaudit advises against, each beside a twin that does the same well. A line that is to be
// named ends in "want: KIND"; nothing else is. Begins when a line comes on stdin, and ends when stdin does.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"time"
)

var sink any

func every(pause time.Duration, work func(round int)) {
	go func() {
		for round := 0; ; round++ {
			work(round)
			time.Sleep(pause)
		}
	}()
}

func main() {
	fmt.Printf(`{"pid":%d,"presize":%s}`+"\n", os.Getpid(), measurePresize())
	prepare()
	in := bufio.NewScanner(os.Stdin)
	fmt.Println(`{"ready":true}`)
	if !in.Scan() {
		return
	}
	start()
	for in.Scan() {
	}
}

// measurePresize says how many bytes both twins allocate for one map.
func measurePresize() string {
	bytes := func(make func(n int)) uint64 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := 0; i < 100; i++ {
			make(presizeN)
		}
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) / 100
	}
	return fmt.Sprintf(`{"bad":%d,"good":%d}`, bytes(presizeBad), bytes(presizeGood))
}
