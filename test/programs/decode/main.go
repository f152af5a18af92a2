// Keeps a large map and a small one, and measures the longest time for which it stood still although there was a
// processor for it. Each line on standard input is answered by the longest such time since the last one.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

var large, small map[int64]int64

// Longest time between two looks at the clock, less what the thread waited for a processor; in nanoseconds.
var longest int64

func fill(n int64) map[int64]int64 {
	m := map[int64]int64{}
	for i := int64(0); i < n; i++ {
		m[i] = i * 3
	}
	return m
}

// Gaps below this are not worth a look at what the thread waited.
const worth = 50 * time.Microsecond

func lookAtClock() {
	runtime.LockOSThread()
	stat, err := os.Open(fmt.Sprintf("/proc/self/task/%d/schedstat", syscall.Gettid()))
	if err != nil {
		panic(err)
	}
	waited := waitedFor(stat)
	last := time.Now()
	for {
		now := time.Now()
		if gap := now.Sub(last); gap > worth {
			before := waited
			waited = waitedFor(stat)
			if stood := int64(gap) - (waited - before); stood > atomic.LoadInt64(&longest) {
				atomic.StoreInt64(&longest, stood)
			}
			now = time.Now()
		}
		last = now
	}
}

// waitedFor gives the time that the thread was ready to run and had no processor, in nanoseconds.
func waitedFor(stat *os.File) int64 {
	var text [128]byte
	n, _ := stat.ReadAt(text[:], 0)
	var ran, waited int64
	fmt.Sscan(string(text[:n]), &ran, &waited)
	return waited
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
