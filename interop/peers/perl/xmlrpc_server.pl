# xmlrpc_server.pl: Perl's RPC::XML::Server on HTTP::Daemon, one connection at a time.

use strict;
use warnings;
use IO::Handle;
use RPC::XML;
use RPC::XML::Server;

my $server = RPC::XML::Server->new(host => '127.0.0.1', port => $ARGV[0] // 0, timeout => 10);
die $server unless ref $server;
$server->add_method({ name => 'add', signature => ['int int int'], code => sub { my ($self, $a, $b) = @_; $a + $b } });
$server->add_method({
    name      => 'fail',
    signature => ['int string'],
    code      => sub { my ($self, $text) = @_; RPC::XML::fault->new(7, $text) },
});
STDOUT->autoflush(1);
print 'ready http://127.0.0.1:', $server->port, "/RPC2\n";
$server->server_loop;
