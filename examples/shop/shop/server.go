package shop

import (
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"time"
)

// Server is the shop as a web service.
type Server struct {
	Sessions *Cache
	Limiter  *Limiter
	Index    *Index
	Carts    *Carts
	Hub      *Hub
	mux      *http.ServeMux
}

// NewServer makes a shop with some products.
func NewServer(ttl time.Duration, stop <-chan struct{}) *Server {
	s := &Server{
		Sessions: NewCache(ttl, stop),
		Limiter:  NewLimiter(1e6),
		Index:    NewIndex(2000),
		Carts:    NewCarts(),
		Hub:      NewHub(),
		mux:      http.NewServeMux(),
	}
	s.mux.HandleFunc("/login", s.login)
	s.mux.HandleFunc("/search", s.search)
	s.mux.HandleFunc("/cart", s.cart)
	s.mux.HandleFunc("/checkout", s.checkout)
	s.mux.HandleFunc("/logout", s.logout)
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	client, err := netip.ParseAddrPort(r.RemoteAddr)
	if err == nil && !s.Limiter.Allow(client.Addr()) {
		http.Error(w, "too many requests", http.StatusTooManyRequests)
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	session := s.Sessions.Login(r.FormValue("user"))
	s.Hub.Publish("logins", session.User)
	fmt.Fprint(w, session.ID)
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, s.Index.Search(r.FormValue("q")))
}

func (s *Server) cart(w http.ResponseWriter, r *http.Request) {
	session, ok := s.Sessions.Get(r.FormValue("session"))
	product, err := strconv.ParseInt(r.FormValue("product"), 10, 64)
	if !ok || err != nil {
		http.Error(w, "log in first", http.StatusForbidden)
		return
	}
	s.Carts.Add(session.ID, product)
}

func (s *Server) checkout(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, s.Carts.Checkout(r.FormValue("session"), r.FormValue("order")))
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	s.Sessions.Logout(r.FormValue("session"))
}
