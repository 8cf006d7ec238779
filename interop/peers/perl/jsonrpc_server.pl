# jsonrpc_server.pl [PORT]: the calculator on JSON::RPC, a PSGI application, one connection at a time.

use strict;
use warnings;
use HTTP::Server::PSGI;
use IO::Handle;
use IO::Socket::INET;
use JSON::RPC::Dispatch;
use Router::Simple;

package Calculator {
    sub add      { $_[1][0] + $_[1][1] }
    sub multiply { $_[1][0] * $_[1][1] }
    sub subtract { my $p = $_[1]; my ($x, $y) = ref $p eq 'HASH' ? @{$p}{qw(x y)} : @$p; abs($x - $y) }
    sub divide   { $_[1][0] / $_[1][1] }
    sub hello    { undef }
    sub echo     { $_[1][0] }
    sub fail     { die { message => $_[1][0], data => { hint => 'none' } } }
}

my $router = Router::Simple->new;
$router->connect($_ => { handler => bless({}, 'Calculator'), action => $_ })
    for qw(add multiply subtract divide hello echo fail);
my $dispatch = JSON::RPC::Dispatch->new(router => $router);
my $socket   = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ARGV[0] // 0, Listen => 100, ReuseAddr => 1)
    or die "cannot listen: $!";
STDOUT->autoflush(1);
print 'ready http://127.0.0.1:', $socket->sockport, "/\n";
HTTP::Server::PSGI->new(listen_sock => $socket)->run(sub { $dispatch->handle_psgi($_[0]) });
