// One program for each row of the table in docs/races.md: what -race, the runtime's own check and mapaudit each see.
//
//	go run . list            the rows
//	go run -race . deletes   what the race detector says
//	go run . deletes         what the runtime says
//	go run . deletes & sudo mapaudit race -p $!
package main

import (
	"fmt"
	"maps"
	"os"
	"strconv"
	"sync"
	"time"
)

type row struct {
	name, says string
	run        func()
}

// Each step is followed by a rest, so that programs live for a while: a race that kills at once needs no tool.
func forever(step func(i int)) {
	go func() {
		for i := 0; ; i++ {
			step(i)
			time.Sleep(time.Duration(20+i%7*20) * time.Microsecond)
		}
	}()
}

func filled() map[int]int {
	m := map[int]int{}
	for i := 0; i < 100; i++ {
		m[i] = i
	}
	return m
}

var total int

var rows = []row{
	{"writes", "two goroutines write", func() {
		m := filled()
		forever(func(i int) { m[i%100] = i })
		forever(func(i int) { m[i%100] = -i })
	}},
	{"write-read", "one writes, one reads", func() {
		m := filled()
		forever(func(i int) { m[i%100] = i })
		forever(func(i int) { _ = m[i%100] + total })
	}},
	{"deletes", "two goroutines delete", func() {
		m := filled()
		forever(func(i int) { delete(m, i%100) })
		forever(func(i int) { delete(m, i%50) })
	}},
	{"delete-read", "one deletes, one reads", func() {
		m := filled()
		forever(func(i int) { delete(m, i%100) })
		forever(func(i int) { _ = m[i%100] + total })
	}},
	{"write-iterate", "one writes, one iterates", func() {
		m := filled()
		forever(func(i int) { m[i%100] = i })
		forever(func(int) {
			for k := range m {
				_ = k
			}
		})
	}},
	{"write-clear", "one writes, one clears", func() {
		m := filled()
		forever(func(i int) { m[i%100] = i })
		forever(func(int) { clear(m) })
	}},
	{"reader-without-lock", "the writer has a lock, the reader has not", func() {
		var mu sync.Mutex
		m := filled()
		forever(func(i int) { mu.Lock(); m[i%100] = i; mu.Unlock() })
		forever(func(i int) { _ = m[i%100] + total })
	}},
	{"len", "one writes, one asks for len(m)", func() {
		m := filled()
		forever(func(i int) { m[i%200] = i; delete(m, (i+100)%200) })
		forever(func(int) { total = len(m) })
	}},
	{"pointer-value", "both write through the pointer that m[k] holds", func() {
		m := map[string]*struct{ n int }{"a": {}}
		forever(func(int) { m["a"].n++ })
		forever(func(int) { m["a"].n++ })
	}},
	{"slice-value", "both write to an element of the slice m[k]", func() {
		m := map[string][]int{"a": {0}}
		forever(func(i int) { m["a"][0] = i })
		forever(func(i int) { m["a"][0] = -i })
	}},
	{"clone", "one writes, one clones (maps.Clone)", func() {
		m := filled()
		forever(func(i int) { m[i%100] = i })
		forever(func(int) { total = len(maps.Clone(m)) })
	}},
	{"variable", "one puts another map in the variable, one reads it", func() {
		m := filled()
		forever(func(int) { m = map[int]int{1: 1} })
		forever(func(i int) { _ = m[i%100] + total })
	}},
	{"far-apart", "two goroutines write without a lock, a second apart", func() {
		m := filled()
		go func() {
			for i := 0; ; i++ {
				m[i%100] = i
				time.Sleep(2 * time.Second)
			}
		}()
		time.Sleep(time.Second)
		go func() {
			for i := 0; ; i++ {
				m[i%100] = -i
				time.Sleep(2 * time.Second)
			}
		}()
	}},
	{"mutex", "all under one lock: no race", func() {
		var mu sync.Mutex
		m := filled()
		for n := 0; n < 3; n++ {
			forever(func(i int) { mu.Lock(); m[i%100] = i; mu.Unlock() })
		}
	}},
	{"sync-map", "a sync.Map: no race", func() {
		var m sync.Map
		for n := 0; n < 3; n++ {
			forever(func(i int) { m.Store(i%100, i); m.Delete(i % 50) })
		}
	}},
}

// Usage: races list | races NAME [SECONDS]
func main() {
	if len(os.Args) < 2 || os.Args[1] == "list" {
		for _, r := range rows {
			fmt.Printf("%s\t%s\n", r.name, r.says)
		}
		return
	}
	seconds := 3600.0
	if len(os.Args) > 2 {
		seconds, _ = strconv.ParseFloat(os.Args[2], 64)
	}
	for _, r := range rows {
		if r.name == os.Args[1] {
			delay, _ := time.ParseDuration(os.Getenv("RACES_DELAY"))
			time.Sleep(delay)
			r.run()
			time.Sleep(time.Duration(seconds * float64(time.Second)))
			return
		}
	}
	fmt.Fprintln(os.Stderr, "no such row; try: list")
	os.Exit(1)
}
