// Keeps things of its own where runtime/pprof keeps the labels of a goroutine, as packages for values of goroutines do
// (github.com/timandy/routine), and works on maps meanwhile. Prints how many operations it did.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	_ "runtime/pprof"
	"sync"
	"unsafe"
)

//go:linkname setLabels runtime/pprof.runtime_setProfLabel
func setLabels(labels unsafe.Pointer)

// own is as long as a slice, or begins with what might be a map.
type own struct {
	first, second, third uintptr
	_                    [5]uintptr
}

type key int

const rounds = 50

// words are read as two texts, or as a map with a bucket: neither is any.
var words = [8]uintptr{2, 9, 7, 9, 1 << 62, 3, 0xffff_8000_0000_0000, 4}

func all() []unsafe.Pointer {
	at := uintptr(unsafe.Pointer(&words))
	return []unsafe.Pointer{
		unsafe.Pointer(&own{0, 0x7ead_beef_0000_0001, 5, [5]uintptr{}}),
		unsafe.Pointer(&own{at, 0x7ead_beef_0000_0001, 5, [5]uintptr{}}),
		unsafe.Pointer(&own{at, 1, 1, [5]uintptr{}}),
		unsafe.Pointer(&own{at, 2, 8, [5]uintptr{}}),
		unsafe.Pointer(&own{1 << 62, 2, 8, [5]uintptr{}}),
		unsafe.Pointer(&own{0xffff_8000_0000_0000, 2, 8, [5]uintptr{}}),
		unsafe.Pointer(&own{9, 2, 8, [5]uintptr{}}),
		unsafe.Pointer(&own{}),
	}
}

func main() {
	fmt.Println("ready", os.Getpid())
	bufio.NewReader(os.Stdin).ReadString('\n')
	done := 0
	var mu sync.Mutex
	var wait sync.WaitGroup
	for _, one := range all() {
		one := one
		wait.Add(1)
		go func() {
			defer wait.Done()
			setLabels(one)
			m := map[key]int{}
			for i := 0; i < rounds; i++ {
				m[key(i)] = i
				delete(m, key(i))
			}
			setLabels(nil)
			runtime.KeepAlive(one)
			mu.Lock()
			done += 2 * rounds
			mu.Unlock()
		}()
	}
	wait.Wait()
	fmt.Println("done", done)
	bufio.NewReader(os.Stdin).ReadString('\n')
}
