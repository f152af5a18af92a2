package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

// A value that is not torn has the same number everywhere.
type checked struct{ A, B, C, D int64 }

type shared struct {
	mu sync.Mutex
	m  map[int64]checked
}

// write lets goroutines insert, update and delete in maps that also have entries that nobody touches: those
// with keys below `fixed`. The maps grow and are emptied again and again. Lines "live" name them.
const fixed = 500

func write(goroutines int) {
	for g := 0; g < goroutines; g++ {
		s := &shared{m: map[int64]checked{}}
		for i := int64(0); i < fixed; i++ {
			s.m[i] = checked{i, i, i, i}
		}
		fmt.Printf("live\t%#x\t%#x\t%d\n", header(s.m), typeOf(s.m), fixed)
		keep = append(keep, s)
		for w := 0; w < 2; w++ {
			go s.churn(int64(w))
		}
	}
}

// rest lets others have their turn: a map that is written to at each moment cannot be read.
func (s *shared) rest(i int64) {
	if i%64 == 0 {
		runtime.Gosched()
	}
	if i%500 == 0 {
		time.Sleep(2 * time.Millisecond)
	}
}

func (s *shared) churn(writer int64) {
	for round := int64(1); ; round++ {
		for i := int64(0); i < 20000; i++ {
			key := fixed + i*2 + writer
			n := round*1_000_000 + i
			s.mu.Lock()
			s.m[key] = checked{n, n, n, n}
			if i%3 == 0 && i >= 3 {
				delete(s.m, key-6)
			}
			s.mu.Unlock()
			s.rest(i)
		}
		for i := int64(0); i < 20000; i++ {
			s.mu.Lock()
			delete(s.m, fixed+i*2+writer)
			s.mu.Unlock()
			s.rest(i)
		}
	}
}
