package main

import (
	"fmt"
	"math/rand"
	"sync"
	"time"
)

const presizeN = 500

//go:noinline
func presizeBad(n int) {
	m := make(map[int]int) // want: presize
	for i := 0; i < n; i++ {
		m[i] = i
	}
	sink = m
}

//go:noinline
func presizeGood(n int) {
	m := make(map[int]int, n)
	for i := 0; i < n; i++ {
		m[i] = i
	}
	sink = m
}

var (
	shrinkBad  = map[string]int{}
	shrinkGood = map[string]int{}
)

func fill(m map[string]int) {
	for i := 0; i < 10_000; i++ {
		m[fmt.Sprint("key ", i)] = i
	}
}

//go:noinline
func emptyBad() {
	for k, v := range shrinkBad {
		if v >= 100 {
			delete(shrinkBad, k) // want: shrink
		}
	}
}

//go:noinline
func emptyGood() {
	for k, v := range shrinkGood {
		if v >= 100 {
			delete(shrinkGood, k)
		}
	}
	fresh := make(map[string]int, len(shrinkGood))
	for k, v := range shrinkGood {
		fresh[k] = v
	}
	shrinkGood = fresh
}

var (
	clearBad  = map[string]int{}
	clearGood = map[string]int{}
	clearSome = map[string]int{}
	cleared   int
)

func batch(m map[string]int) {
	for i := 0; i < 100; i++ {
		m[keys[i]] = i
	}
}

//go:noinline
func drainBad() {
	for k, v := range clearBad {
		cleared += v
		delete(clearBad, k) // want: clear
	}
}

//go:noinline
func drainGood() {
	for _, v := range clearGood {
		cleared += v
	}
	clear(clearGood)
}

//go:noinline
func drainSome(keep int) {
	for k, v := range clearSome {
		if v >= keep {
			delete(clearSome, k)
		}
	}
}

var (
	churnBad  = map[int64]int{}
	churnGood = map[int64]int{}
	live      []int64
	next      int64
)

//go:noinline
func churnBadRound() {
	for i := 0; i < 200; i++ {
		at := rand.Intn(len(live))
		delete(churnBad, live[at]) // want: churn
		next++
		live[at] = next
		churnBad[next] = i
	}
}

//go:noinline
func churnGoodRound() {
	for i := 0; i < 200; i++ {
		churnGood[int64(rand.Intn(churnN))] = i
	}
}

const churnN = 100

var (
	leakBad  = map[string]time.Time{}
	leakGood = map[string]time.Time{}
)

//go:noinline
func leakBadRound(round int) {
	for i := 0; i < 20; i++ {
		leakBad[fmt.Sprint("seen ", round, i)] = time.Now() // want: only-grows
	}
}

//go:noinline
func leakGoodRound(round int) {
	for i := 0; i < 20; i++ {
		leakGood[fmt.Sprint("seen ", round, i)] = time.Now()
		if round > 20 {
			delete(leakGood, fmt.Sprint("seen ", round-20, i))
		}
	}
}

var (
	portBad  = map[uint16]int{}
	portGood = map[uint32]int{}
	total    int
)

//go:noinline
func readBad() {
	for i := 0; i < 2000; i++ {
		total += portBad[uint16(i)] // want: fast-key
	}
}

//go:noinline
func readGood() {
	for i := 0; i < 2000; i++ {
		total += portGood[uint32(i)]
	}
}

type big struct{ words [15]int64 }
type huge struct{ words [150]int64 }

var (
	bigBad   = map[int]big{}
	bigGood  = map[int]*big{}
	hugeBad  = map[int]huge{}
	hugePart = map[int]huge{}
	hugeGood = map[int]*huge{}
)

//go:noinline
func fillBig() {
	for i := 0; i < 20_000; i++ {
		bigBad[i] = big{}
		bigGood[i] = &big{}
	}
}

//go:noinline
func bigRound() {
	for i := 0; i < 5; i++ {
		bigBad[i] = big{} // want: large-element
		bigGood[i].words[0]++
	}
}

// wholeOf takes a copy; of hugePart a single word is read where it lies.
//
//go:noinline
func wholeOf(h huge) int { return int(h.words[7]) }

//go:noinline
func hugeRound() {
	for i := 0; i < 300; i++ {
		total += wholeOf(hugeBad[i]) // want: large-element
		total += int(hugePart[i].words[7])
		total += int(hugeGood[i].words[7])
	}
}

type config struct {
	mu     sync.RWMutex
	values map[string]int
}

var (
	configBad  = config{values: map[string]int{}}
	configGood = config{values: map[string]int{}}
	configFree = config{values: map[string]int{}}
	configSync sync.Map
)

//go:noinline
func (c *config) get(k string) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.values[k] // want: sync-map
}

// One goroutine alone: the lock costs nothing.
//
//go:noinline
func (c *config) getAlone(k string) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.values[k]
}

// Nobody writes to it any more: the lock beside it is for something else.
//
//go:noinline
func (c *config) getFreely(k string) int { return c.values[k] }

var keys [100]string

func prepare() {
	for i := range keys {
		keys[i] = fmt.Sprint("key ", i)
		configBad.values[keys[i]] = i
		configGood.values[keys[i]] = i
		configFree.values[keys[i]] = i
		configSync.Store(keys[i], i)
	}
	for i := 0; i < churnN; i++ {
		next++
		live = append(live, next)
		churnBad[next] = i
		churnGood[int64(i)] = i
	}
	for i := 0; i < 2000; i++ {
		portBad[uint16(i)] = i
		portGood[uint32(i)] = i
	}
	for i := 0; i < 300; i++ {
		hugeBad[i] = huge{}
		hugePart[i] = huge{}
		hugeGood[i] = &huge{}
	}
	leakBadRound(-1)
	leakGoodRound(-1)
	fillBig()
	fill(shrinkBad)
	fill(shrinkGood)
	for i := 0; i < 50; i++ {
		clearSome[keys[i]] = i
	}
}

func start() {
	every(250*time.Millisecond, func(int) {
		presizeBad(presizeN)
		presizeGood(presizeN)
	})
	go func() {
		time.Sleep(2 * time.Second)
		emptyBad()
		time.Sleep(time.Second)
		emptyGood()
	}()
	every(100*time.Millisecond, func(round int) {
		batch(clearBad)
		drainBad()
		batch(clearGood)
		drainGood()
		batch(clearSome)
		drainSome(round % 2)
	})
	every(100*time.Millisecond, func(int) {
		churnBadRound()
		churnGoodRound()
	})
	every(100*time.Millisecond, func(round int) {
		leakBadRound(round)
		leakGoodRound(round)
	})
	every(50*time.Millisecond, func(int) {
		readBad()
		readGood()
	})
	every(100*time.Millisecond, func(int) { bigRound() })
	every(50*time.Millisecond, func(int) { hugeRound() })
	for i := 0; i < 6; i++ {
		every(50*time.Millisecond, func(round int) {
			for j := 0; j < 50; j++ {
				total += configBad.get(keys[j])
				total += configFree.getFreely(keys[j])
			}
		})
	}
	every(10*time.Millisecond, func(int) {
		for j := 0; j < 50; j++ {
			total += configGood.getAlone(keys[j])
			v, _ := configSync.Load(keys[j])
			total += v.(int)
		}
	})
}
