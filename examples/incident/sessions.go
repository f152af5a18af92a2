package main

import (
	"context"
	"fmt"
	"math/rand"
	"strings"
	"sync"
	"time"
)

var regions = []string{"eu", "us", "ap"}

// Session is what the service knows of a visitor.
type Session struct {
	User string
	// Moved is when the session went to the cluster of its region; zero: it did not.
	Moved time.Time
}

// Sessions holds the sessions by id, which begins with their region: sess:eu-91af03c2.
type Sessions struct {
	mu   sync.RWMutex
	byID map[string]*Session
}

func newSessions(count int) *Sessions {
	s := &Sessions{byID: make(map[string]*Session, count)}
	for i := 0; i < count; i++ {
		s.login(fmt.Sprintf("user%d", i))
	}
	return s
}

func (s *Sessions) login(user string) string {
	id := fmt.Sprintf("sess:%s-%08x", regions[rand.Intn(len(regions))], rand.Uint32())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[id] = &Session{User: user}
	return id
}

func (s *Sessions) get(id string) *Session {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byID[id]
}

func (s *Sessions) logout(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, id)
}

func (s *Sessions) ofRegion(region string) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var ids []string
	for id := range s.byID {
		if strings.HasPrefix(id, "sess:"+region+"-") {
			ids = append(ids, id)
		}
	}
	return ids
}

// dropMoved is what the bad release brings: it is to drop the sessions that have moved to the cluster of their region.
// That one has not moved is a zero time, which is before now as well: it drops them all, so many a second.
func (s *Sessions) dropMoved(ctx context.Context, region string, rate int, most time.Duration, l *ledger) {
	ids := s.ofRegion(region)
	began := time.Now()
	done := 0
	for time.Since(began) < most && sleep(ctx, 20*time.Millisecond) {
		due := int(time.Since(began).Seconds() * float64(rate))
		if due > len(ids) {
			due = len(ids)
		}
		for ; done < due; done++ {
			if s.dropIfMoved(ids[done]) {
				l.dropped.Add(1)
			}
		}
	}
}

func (s *Sessions) dropIfMoved(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	session := s.byID[id]
	if session == nil || session.Moved.After(time.Now()) {
		return false
	}
	delete(s.byID, id) // planted: the storm
	return true
}
