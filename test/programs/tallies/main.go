// Command tallies does each kind of operation on maps of each kind of key, N times from one place, on two goroutines,
// when its standard input says so; says when it has done so.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"sync"
)

type pair struct{ a, b int }

var texts = []string{"a", "a text of 15 by", "a text that is longer than sixteen bytes"}

//go:noinline
func work[K comparable](n int, m map[K]int, keys []K) {
	for i := 0; i < n; i++ {
		m[keys[i%len(keys)]] = i
		if m[keys[i%len(keys)]] != i {
			panic("lost")
		}
		delete(m, keys[i%len(keys)])
	}
}

func all(n int) {
	x, y := 1, 2
	work(n, map[string]int{}, texts)
	work(n, map[uint32]int{}, []uint32{1, 2})
	work(n, map[uint64]int{}, []uint64{1, 2})
	work(n, map[*int]int{}, []*int{&x, &y})
	work(n, map[pair]int{}, []pair{{1, 2}, {2, 1}})
}

func main() {
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	in := bufio.NewReader(os.Stdin)
	fmt.Println("ready")
	in.ReadString('\n')
	var group sync.WaitGroup
	for g := 0; g < 2; g++ {
		group.Add(1)
		go func() {
			defer group.Done()
			all(n)
		}()
	}
	group.Wait()
	fmt.Println("done")
	in.ReadString('\n')
}
