// Package peer names what the tests in Go import.
package peer

import _ "github.com/rabbitmq/amqp091-go"
