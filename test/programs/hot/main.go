// Command hot does nothing but operations on maps, so that what a probe costs can be read off its own clock.
// Each goroutine has a map of its own. After each window it prints one line: goroutine, nanoseconds an
// operation, operations.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
)

const (
	resident = 512
	batch    = 64
)

// session is one goroutine's map with the keys that it is asked for.
type session struct {
	m       map[string]int
	present []string
	absent  []string
	// sink keeps reads from being thrown away.
	sink int
}

func newSession(g int) *session {
	s := &session{m: make(map[string]int)}
	for i := 0; i < resident; i++ {
		s.present = append(s.present, fmt.Sprintf("sess:%02d:%08x", g, i))
		s.absent = append(s.absent, fmt.Sprintf("gone:%02d:%08x", g, i))
		s.m[s.present[i]] = i
	}
	return s
}

//go:noinline
func (s *session) deletes(at int) {
	for i := at; i < at+batch; i++ {
		delete(s.m, s.absent[i%resident])
	}
}

//go:noinline
func (s *session) assigns(at int) {
	for i := at; i < at+batch; i++ {
		s.m[s.present[i%resident]] = i
	}
}

//go:noinline
func (s *session) accesses(at int) {
	sum := 0
	for i := at; i < at+batch; i++ {
		sum += s.m[s.present[i%resident]]
	}
	s.sink = sum
}

//go:noinline
func (s *session) mixed(at int) {
	for i := at; i < at+batch; i += 2 {
		key := s.absent[(i/2)%resident]
		s.m[key] = i
		delete(s.m, key)
	}
}

func (s *session) work(op string) func(int) {
	switch op {
	case "delete":
		return s.deletes
	case "assign":
		return s.assigns
	case "access":
		return s.accesses
	case "mixed":
		return s.mixed
	}
	fmt.Fprintln(os.Stderr, "hot: -op is delete, assign, access or mixed, not", op)
	os.Exit(2)
	return nil
}

// run works until the end; with a rate, it sleeps whenever it is ahead of it.
func run(g int, work func(int), rate float64, window time.Duration, end time.Time) {
	began := time.Now()
	from, inWindow, total := began, 0, 0
	for {
		work(total)
		total += batch
		inWindow += batch
		now := time.Now()
		if took := now.Sub(from); took >= window {
			fmt.Printf("%d %.2f %d\n", g, float64(took.Nanoseconds())/float64(inWindow), inWindow)
			from, inWindow = now, 0
		}
		if now.After(end) {
			return
		}
		if rate > 0 {
			due := began.Add(time.Duration(float64(total) / rate * 1e9))
			if ahead := due.Sub(now); ahead > time.Millisecond {
				time.Sleep(ahead)
			}
		}
	}
}

func main() {
	op := flag.String("op", "delete", "delete, assign, access or mixed")
	goroutines := flag.Int("g", 1, "goroutines, each with a map of its own")
	rate := flag.Float64("rate", 0, "operations a second of all goroutines; 0 is as fast as it goes")
	window := flag.Duration("window", 100*time.Millisecond, "time between two lines")
	duration := flag.Duration("duration", time.Hour, "ends after this time")
	flag.Parse()
	end := time.Now().Add(*duration)
	var all sync.WaitGroup
	for g := 0; g < *goroutines; g++ {
		all.Add(1)
		go func(g int) {
			defer all.Done()
			runtime.LockOSThread()
			run(g, newSession(g).work(*op), *rate/float64(*goroutines), *window, end)
		}(g)
	}
	all.Wait()
}
