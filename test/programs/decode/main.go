// Keeps a large map and a small one, and measures the longest time for which it did not get to run. Each line on
// standard input is answered by the longest such time since the last one.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"
)

var large, small map[int64]int64

// Longest time between two looks at the clock, in nanoseconds.
var longest int64

func fill(n int64) map[int64]int64 {
	m := map[int64]int64{}
	for i := int64(0); i < n; i++ {
		m[i] = i * 3
	}
	return m
}

func lookAtClock() {
	runtime.LockOSThread()
	last := time.Now()
	for {
		now := time.Now()
		if gap := int64(now.Sub(last)); gap > atomic.LoadInt64(&longest) {
			atomic.StoreInt64(&longest, gap)
		}
		last = now
	}
}

func main() {
	many := flag.Int64("large", 10_000_000, "entries of the large map")
	few := flag.Int64("small", 100_000, "entries of the small map")
	flag.Parse()
	large, small = fill(*many), fill(*few)
	runtime.GC()
	var kind any = large
	fmt.Printf("ready %d %d %d\n", *(*uintptr)(unsafe.Pointer(&large)), *(*uintptr)(unsafe.Pointer(&small)), *(*uintptr)(unsafe.Pointer(&kind)))
	go lookAtClock()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Println(atomic.SwapInt64(&longest, 0))
	}
	runtime.KeepAlive(large)
	runtime.KeepAlive(small)
}
