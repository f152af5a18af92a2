// Command target does to its maps what it is told on standard input, a line at a time, and answers each line.
//
//	assign N G   N assigns to a map of strings in each of G goroutines, on threads of their own
//	delete N G   as many deletes of the same keys
//	nil N        N deletes from a nil map in the first goroutine
//	flood MS     assigns and deletes on all processors for so many milliseconds; answers how many of each
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

var maps []map[string]int

func each(goroutines int, do func(g int)) {
	var group sync.WaitGroup
	for g := 0; g < goroutines; g++ {
		group.Add(1)
		go func(g int) {
			runtime.LockOSThread() // so that threads other than the first do it
			do(g)
			group.Done()
		}(g)
	}
	group.Wait()
}

//go:noinline
func assign(m map[string]int, key string, value int) { m[key] = value }

//go:noinline
func remove(m map[string]int, key string) { delete(m, key) }

func flood(d time.Duration) (total int) {
	var lock sync.Mutex
	each(runtime.NumCPU(), func(g int) {
		n, end := 0, time.Now().Add(d)
		for time.Now().Before(end) {
			for i := 0; i < 100; i++ {
				assign(maps[g], "flood", n)
				remove(maps[g], "flood")
				n++
			}
		}
		lock.Lock()
		total += n
		lock.Unlock()
	})
	return total
}

func main() {
	for i := 0; i < 256; i++ {
		maps = append(maps, map[string]int{})
	}
	keys := make([]string, 100_000)
	for i := range keys {
		keys[i] = "key-" + strconv.Itoa(i)
	}
	fmt.Println("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		words := strings.Fields(lines.Text())
		numbers := []int{0, 1}
		for i, word := range words[1:] {
			numbers[i], _ = strconv.Atoi(word)
		}
		n, goroutines := numbers[0], numbers[1]
		switch words[0] {
		case "assign":
			each(goroutines, func(g int) {
				for i := 0; i < n; i++ {
					assign(maps[g], keys[i], i)
				}
			})
			fmt.Println("done")
		case "delete":
			each(goroutines, func(g int) {
				for i := 0; i < n; i++ {
					remove(maps[g], keys[i])
				}
			})
			fmt.Println("done")
		case "nil":
			for i := 0; i < n; i++ {
				remove(nil, keys[i])
			}
			fmt.Println("done")
		case "flood":
			fmt.Println(flood(time.Duration(n) * time.Millisecond))
		}
	}
}
