// Dial functions are registered while connections are opened: the driver's table of them got its lock in 1.4.
package main

import (
	"database/sql"
	"errors"
	"net"
	"strconv"
	"time"

	"github.com/go-sql-driver/mysql"
)

func main() {
	refuse := func(string) (net.Conn, error) { return nil, errors.New("no server here") }
	mysql.RegisterDial("tunnel0", refuse)
	for n := 0; n < 2; n++ {
		go func() {
			db, err := sql.Open("mysql", "user@tunnel0(host)/db")
			if err != nil {
				panic(err)
			}
			for {
				_ = db.Ping()
				time.Sleep(100 * time.Microsecond)
			}
		}()
	}
	for i := 0; ; i++ {
		mysql.RegisterDial("tunnel"+strconv.Itoa(i%16), refuse)
		time.Sleep(100 * time.Microsecond)
	}
}
