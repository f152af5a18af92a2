package main

import (
	"sync"
	"sync/atomic"
	"time"
)

// Locks that do not keep the two apart.
func init() {
	add("two-mutexes", func() {
		var a, b sync.Mutex
		m := map[string]int{}
		forever(func(i int) {
			a.Lock()
			m["a"] = i // side two-mutexes
			a.Unlock()
		})
		forever(func(i int) {
			b.Lock()
			m["b"] = i // side two-mutexes
			b.Unlock()
		})
	})
	add("write-under-rlock", func() {
		var mu sync.RWMutex
		m := map[int]int{}
		several(2, func(i int) {
			mu.RLock()
			m[i%4] = i // side write-under-rlock
			mu.RUnlock()
		})
	})
	add("double-checked", func() {
		var mu sync.Mutex
		m := map[int]int{}
		several(2, func(i int) {
			k := i % 1000
			if _, ok := m[k]; ok { // side double-checked
				return
			}
			mu.Lock()
			if len(m) > 500 {
				m = map[int]int{}
			}
			m[k] = i // side double-checked
			mu.Unlock()
		})
	})
	add("copied-lock", func() {
		c := copied{m: map[string]int{}}
		several(2, func(i int) { c.set("k", i) })
	})
	add("getter", func() {
		s := &store{m: map[string]int{"a": 1}}
		several(3, func(i int) { s.put("a", i) })
		forever(func(i int) { sink(s.all()["a"]) }) // side getter
	})
	add("iterate-outside", func() {
		s := &store2{m: map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9}}
		several(3, func(i int) { s.put(i%9, i) })
		forever(func(i int) {
			s.mu.Lock()
			m := s.m
			s.mu.Unlock()
			for _, v := range m { // side iterate-outside
				sink(v)
			}
		})
	})
	add("wrong-shard", func() {
		var shards [4]struct {
			mu sync.Mutex
			m  map[int]int
		}
		for i := range shards {
			shards[i].m = map[int]int{}
		}
		forever(func(i int) {
			s := &shards[i%4]
			s.mu.Lock()
			s.m[i%64] = i // side wrong-shard
			s.mu.Unlock()
		})
		forever(func(i int) {
			s := &shards[i%4]
			shards[(i+1)%4].mu.Lock()
			delete(s.m, i%64) // side wrong-shard
			shards[(i+1)%4].mu.Unlock()
		})
	})
	add("published-then-changed", func() {
		var p atomic.Value
		m := map[string]int{"a": 1}
		p.Store(m)
		forever(func(i int) { m["a"] = i })                              // side published-then-changed
		several(2, func(i int) { sink(p.Load().(map[string]int)["a"]) }) // side published-then-changed
	})
	add("timer", func() {
		m := map[string]int{}
		var tick func()
		tick = func() {
			m["ticks"]++ // side timer
			time.AfterFunc(200*time.Microsecond, tick)
		}
		time.AfterFunc(time.Millisecond, tick)
		forever(func(i int) { m["main"] = i }) // side timer
	})
	add("results-without-lock", func() {
		forever(func(int) {
			results := map[int]int{}
			var wg sync.WaitGroup
			for i := 0; i < 4; i++ {
				wg.Add(1)
				go func(i int) {
					defer wg.Done()
					for j := 0; j < 50; j++ {
						results[i] = j // side results-without-lock
						time.Sleep(50 * time.Microsecond)
					}
				}(i)
			}
			wg.Wait()
		})
	})
	add("inner-map", func() {
		var outer sync.Map
		outer.Store("x", map[int]int{})
		several(2, func(i int) {
			v, _ := outer.Load("x")
			v.(map[int]int)[i%3] = i // side inner-map
		})
	})
	add("memo", func() {
		cache := map[int]int{}
		square := func(n int) int {
			if v, ok := cache[n]; ok { // side memo
				return v
			}
			cache[n] = n * n // side memo
			return n * n
		}
		several(2, func(i int) { sink(square(i % 100000)) })
	})
}

type copied struct {
	mu sync.Mutex
	m  map[string]int
}

func (c copied) set(k string, v int) {
	c.mu.Lock()
	c.m[k] = v // side copied-lock
	c.mu.Unlock()
}

type store struct {
	mu sync.Mutex
	m  map[string]int
}

func (s *store) put(k string, v int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[k] = v // side getter
}

func (s *store) all() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.m
}

type store2 struct {
	mu sync.Mutex
	m  map[int]int
}

func (s *store2) put(k, v int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[k] = v // side iterate-outside
}
