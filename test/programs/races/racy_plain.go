package main

import (
	"reflect"
	"sync"
)

// Two goroutines and no lock, by what the two do and by the kind of key.
func init() {
	add("write-write", func() {
		m := map[string]int{}
		forever(func(i int) { m["a"] = i }) // side write-write
		forever(func(i int) { m["b"] = i }) // side write-write
	})
	add("write-read", func() {
		m := map[string]int{"a": 1}
		forever(func(i int) { m["a"] = i })   // side write-read
		forever(func(i int) { sink(m["a"]) }) // side write-read
	})
	add("write-iterate", func() {
		m := map[int]int{}
		for i := 0; i < 100; i++ {
			m[i] = i
		}
		forever(func(i int) { m[i%100] = i }) // side write-iterate
		forever(func(i int) {
			for k := range m { // side write-iterate
				sink(k)
			}
		})
	})
	add("write-delete", func() {
		m := map[int64]string{}
		forever(func(i int) { m[int64(i%8)] = "x" })   // side write-delete
		forever(func(i int) { delete(m, int64(i%8)) }) // side write-delete
	})
	add("write-clear", func() {
		m := map[int]bool{}
		forever(func(i int) { m[i%64] = true }) // side write-clear
		forever(func(i int) {
			for k := range m { // side write-clear
				delete(m, k)
			}
		})
	})
	add("delete-read", func() {
		m := map[uint32]int{}
		for i := uint32(0); i < 64; i++ {
			m[i] = 1
		}
		forever(func(i int) { delete(m, uint32(i%128)) }) // side delete-read
		forever(func(i int) { sink(m[uint32(i%128)]) })   // side delete-read
	})
	add("struct-keys", func() {
		type point struct{ X, Y int }
		m := map[point]int{}
		forever(func(i int) { m[point{i % 4, 1}] = i }) // side struct-keys
		forever(func(i int) { m[point{i % 4, 2}] = i }) // side struct-keys
	})
	add("pointer-keys", func() {
		keys := []*int{new(int), new(int), new(int)}
		m := map[*int]int{}
		forever(func(i int) { m[keys[i%3]] = i })   // side pointer-keys
		forever(func(i int) { sink(m[keys[i%3]]) }) // side pointer-keys
	})
	add("interface-keys", func() {
		m := map[any]int{}
		forever(func(i int) { m[i%5] = i })    // side interface-keys
		forever(func(i int) { m["text"] = i }) // side interface-keys
	})
	add("by-reflection", func() {
		m := map[string]int{"k": 1}
		v, k := reflect.ValueOf(m), reflect.ValueOf("k")
		forever(func(i int) { v.SetMapIndex(k, reflect.ValueOf(i)) }) // side by-reflection
		forever(func(i int) { sink(m["k"]) })                         // side by-reflection
	})
	add("large-values", func() {
		m := map[int][200]int{}
		forever(func(i int) { m[i%3] = [200]int{i} }) // side large-values
		forever(func(i int) { sink(m[i%3][0]) })      // side large-values
	})
	add("three-writers", func() {
		m := map[string]int{}
		several(3, func(i int) { m["n"]++ }) // side three-writers
	})
}

var sinkMu sync.Mutex
var sunk int

//go:noinline
func sink(n int) {
	if n == -1 {
		sinkMu.Lock()
		sunk = n
		sinkMu.Unlock()
	}
}
