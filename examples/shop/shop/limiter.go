package shop

import (
	"net/netip"
	"sync"
	"time"
)

type bucket struct {
	tokens float64
	filled time.Time
}

// Limiter lets each client do so many requests a second.
type Limiter struct {
	mu      sync.Mutex
	clients map[netip.Addr]*bucket
	rate    float64
}

// NewLimiter allows rate requests a second and client.
func NewLimiter(rate float64) *Limiter {
	return &Limiter{clients: make(map[netip.Addr]*bucket), rate: rate}
}

// Allow takes a token of the client, if there is one.
func (l *Limiter) Allow(client netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	b := l.clients[client]
	if b == nil {
		b = &bucket{tokens: l.rate, filled: now}
		l.clients[client] = b
	}
	b.tokens += now.Sub(b.filled).Seconds() * l.rate
	if b.tokens > l.rate {
		b.tokens = l.rate
	}
	b.filled = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// Forget drops clients that have not come for a while.
func (l *Limiter) Forget(idle time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for client, b := range l.clients {
		if time.Since(b.filled) > idle {
			delete(l.clients, client)
		}
	}
}
