// Package store stands in a folder of another name with a dot in it, as gopkg.in's packages do.
package store

import "sync"

// Item is what shelves hold.
type Item struct {
	Name  string
	Price int
	Tags  map[string]bool
}

// Shelf is a concurrent map made of a plain one with a lock.
type Shelf struct {
	sync.RWMutex
	items map[string]*Item
	hits  int64
}

// Main is reached through its package alone.
var Main = &Shelf{items: map[string]*Item{"tea": {Name: "tea", Price: 7, Tags: map[string]bool{"hot": true}}}}

var counts = map[int]int{1: 1}

// Counts keeps the variable alive.
func Counts() map[int]int { return counts }

// Items is what Main holds.
func (s *Shelf) Items() map[string]*Item { return s.items }
