// Raises GOMAXPROCS while it runs, as automaxprocs and Go 1.25 do when limits change: `manyps PS GOROUTINES DELETES`.
// Says ready, waits for a line, then each goroutine does so many deletes; says done, and ends with the next line.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
)

func number(i int) int {
	n, err := strconv.Atoi(os.Args[i])
	if err != nil {
		panic(err)
	}
	return n
}

func main() {
	ps, goroutines, deletes := number(1), number(2), number(3)
	in := bufio.NewReader(os.Stdin)
	fmt.Println("ready")
	in.ReadString('\n')
	runtime.GOMAXPROCS(ps)
	var all sync.WaitGroup
	for g := 0; g < goroutines; g++ {
		all.Add(1)
		go func() {
			m := map[string]int{"kept": 1}
			for i := 0; i < deletes; i++ {
				delete(m, "absent")
				if i%16 == 0 {
					runtime.Gosched()
				}
			}
			all.Done()
		}()
	}
	all.Wait()
	fmt.Println("done")
	in.ReadString('\n')
}
