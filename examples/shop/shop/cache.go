// Package shop is a small web shop: sessions, carts, a product index, a rate limiter and a feed.
package shop

import (
	"fmt"
	"math/rand"
	"sync"
	"time"
)

// Session is what the shop knows of a visitor who has logged in.
type Session struct {
	ID      string
	User    string
	Expires time.Time
}

// Cache holds the sessions by id.
type Cache struct {
	mu       sync.Mutex
	sessions map[string]*Session
	ttl      time.Duration
}

// NewCache makes a cache whose sessions live for ttl, and starts its janitor.
func NewCache(ttl time.Duration, stop <-chan struct{}) *Cache {
	c := &Cache{sessions: make(map[string]*Session), ttl: ttl}
	go c.janitor(stop)
	return c
}

// Login begins a session.
func (c *Cache) Login(user string) *Session {
	s := &Session{ID: fmt.Sprintf("sess:%08x", rand.Uint32()), User: user, Expires: time.Now().Add(c.ttl)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions[s.ID] = s
	return s
}

// Get finds a session that has not expired.
func (c *Cache) Get(id string) (*Session, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.sessions[id]
	return s, ok && time.Now().Before(s.Expires)
}

// Logout ends a session. Clients log out twice, or long after the janitor came: many of these deletes find nothing.
func (c *Cache) Logout(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sessions, id)
}

// Len is the number of sessions, expired ones included.
func (c *Cache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.sessions)
}

// janitor removes expired sessions.
func (c *Cache) janitor(stop <-chan struct{}) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-tick.C:
			c.evict(now)
		}
	}
}

func (c *Cache) evict(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, s := range c.sessions {
		if now.After(s.Expires) {
			delete(c.sessions, id)
		}
	}
}
