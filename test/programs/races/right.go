package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Programs without a race, however close their goroutines come.
func init() {
	add("mutex", func() {
		var mu sync.Mutex
		m := map[int]int{}
		several(4, func(i int) {
			mu.Lock()
			m[i%16] = i
			delete(m, (i+3)%16)
			mu.Unlock()
		})
	})
	add("seldom", func() {
		var mu sync.Mutex
		m := map[int]int{}
		write := func(i int) {
			mu.Lock()
			m[i%16] = i
			mu.Unlock()
		}
		forever(write)
		forever(func(i int) {
			time.Sleep(5 * time.Millisecond)
			write(i)
		})
	})
	add("rwmutex", func() {
		var mu sync.RWMutex
		m := map[string]int{"a": 1}
		several(3, func(i int) {
			mu.RLock()
			sink(m["a"])
			for k := range m {
				sink(len(k))
			}
			mu.RUnlock()
		})
		forever(func(i int) {
			mu.Lock()
			m["a"] = i
			mu.Unlock()
		})
	})
	add("owner", func() {
		type request struct {
			key   int
			reply chan int
		}
		requests := make(chan request)
		go func() {
			m := map[int]int{}
			for r := range requests {
				m[r.key]++
				r.reply <- m[r.key]
			}
		}()
		several(4, func(i int) {
			r := request{i % 8, make(chan int)}
			requests <- r
			sink(<-r.reply)
		})
	})
	add("token", func() {
		token := make(chan map[string]int, 1)
		token <- map[string]int{}
		several(3, func(i int) {
			m := <-token
			m["n"] = i
			token <- m
		})
	})
	add("hand-over", func() {
		pipe := make(chan map[int]int)
		forever(func(i int) {
			m := map[int]int{}
			for j := 0; j < 20; j++ {
				m[j] = i
			}
			pipe <- m
		})
		several(2, func(int) {
			m := <-pipe
			for k, v := range m {
				m[k] = v + 1
			}
		})
	})
	add("ping-pong", func() {
		there, back := make(chan map[int]int), make(chan map[int]int)
		forever(func(i int) {
			m := <-there
			m[i%4] = i
			back <- m
		})
		forever(func(i int) {
			m := <-back
			delete(m, i%4)
			there <- m
		})
		go func() { there <- map[int]int{} }()
	})
	add("copy-on-write", func() {
		var p atomic.Value
		var mu sync.Mutex
		p.Store(map[int]int{})
		several(2, func(i int) {
			mu.Lock()
			old := p.Load().(map[int]int)
			fresh := make(map[int]int, len(old)+1)
			for k, v := range old {
				fresh[k] = v
			}
			fresh[i%32] = i
			p.Store(fresh)
			mu.Unlock()
		})
		several(2, func(i int) { sink(p.Load().(map[int]int)[i%32]) })
	})
	add("sync-map", func() {
		var m sync.Map
		several(4, func(i int) {
			m.Store(i%16, i)
			m.Load(i % 16)
			m.Delete((i + 1) % 16)
			m.LoadOrStore(i%7, i)
			m.Range(func(k, v any) bool { return k != 3 })
		})
	})
	add("stack-maps", func() {
		several(4, func(i int) {
			m := map[int]int{}
			for j := 0; j < 8; j++ {
				m[j] = i
			}
			sink(m[i%8])
		})
	})
	add("address-reuse", func() {
		several(4, func(i int) {
			for j := 0; j < 50; j++ {
				m := make(map[int]*int, 10)
				m[j] = new(int)
				keep(m)
				delete(m, j)
			}
			if i%200 == 0 {
				runtime.GC()
			}
		})
	})
	add("pool", func() {
		pool := sync.Pool{New: func() any { return map[int]int{} }}
		several(4, func(i int) {
			m := pool.Get().(map[int]int)
			m[i%4] = i
			for k := range m {
				delete(m, k)
			}
			pool.Put(m)
		})
	})
	add("spin-lock", func() {
		var taken int32
		m := map[string]int{}
		several(3, func(i int) {
			for !atomic.CompareAndSwapInt32(&taken, 0, 1) {
				runtime.Gosched()
			}
			m["n"] = i
			sink(m["n"])
			atomic.StoreInt32(&taken, 0)
		})
	})
	add("shards", func() {
		var shards [8]struct {
			mu sync.Mutex
			m  map[int]int
		}
		for i := range shards {
			shards[i].m = map[int]int{}
		}
		several(4, func(i int) {
			s := &shards[i%8]
			s.mu.Lock()
			s.m[i%100] = i
			s.mu.Unlock()
		})
	})
	add("once", func() {
		var once sync.Once
		var m map[int]int
		several(4, func(i int) {
			once.Do(func() {
				m = map[int]int{}
				for j := 0; j < 100; j++ {
					m[j] = j
				}
			})
			sink(m[i%100])
		})
	})
	add("wait-group", func() {
		forever(func(int) {
			var wg sync.WaitGroup
			parts := make([]map[int]int, 4)
			for i := range parts {
				wg.Add(1)
				go func(i int) {
					defer wg.Done()
					m := map[int]int{}
					for j := 0; j < 30; j++ {
						m[j] = i
					}
					parts[i] = m
				}(i)
			}
			wg.Wait()
			all := map[int]int{}
			for _, p := range parts {
				for k, v := range p {
					all[k] += v
				}
			}
		})
	})
	add("cond", func() {
		var mu sync.Mutex
		cond := sync.NewCond(&mu)
		queue := map[int]int{}
		forever(func(i int) {
			mu.Lock()
			queue[i] = i
			cond.Signal()
			mu.Unlock()
		})
		several(2, func(int) {
			mu.Lock()
			for len(queue) == 0 {
				cond.Wait()
			}
			for k := range queue {
				delete(queue, k)
				break
			}
			mu.Unlock()
		})
	})
	add("phases", func() {
		// Written by all under a lock, then read by all without one: a barrier lies between.
		forever(func(int) {
			m := map[int]int{}
			var mu sync.Mutex
			var wrote, read sync.WaitGroup
			// Before the first begins: otherwise it may find nobody to wait for.
			wrote.Add(3)
			read.Add(3)
			for i := 0; i < 3; i++ {
				go func(i int) {
					defer read.Done()
					mu.Lock()
					m[i] = i
					mu.Unlock()
					wrote.Done()
					wrote.Wait()
					for j := 0; j < 50; j++ {
						sink(m[j%3])
					}
				}(i)
			}
			read.Wait()
		})
	})
	add("timer-locked", func() {
		var mu sync.Mutex
		m := map[string]int{}
		var tick func()
		tick = func() {
			mu.Lock()
			m["ticks"]++
			mu.Unlock()
			time.AfterFunc(100*time.Microsecond, tick)
		}
		time.AfterFunc(time.Millisecond, tick)
		several(2, func(i int) {
			mu.Lock()
			m["main"] = i
			mu.Unlock()
		})
	})
}

//go:noinline
func keep(m map[int]*int) { kept.Store(len(m)) }

var kept atomic.Value
