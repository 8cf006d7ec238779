# jsonrpc_client.pl URL [VERSION]: calls from stdin by JSON::RPC's client, which speaks 1.1, or 1.0; one JSON line each.

use strict;
use warnings;
use IO::Handle;
use JSON;
use JSON::RPC::Legacy::Client;

my ($url, $version) = @ARGV;
my $json   = JSON->new->utf8->canonical->allow_nonref;
my $client = JSON::RPC::Legacy::Client->new;
$client->version($version) if $version;
my $id = 0;
STDOUT->autoflush(1);
while (my $text = <STDIN>) {
    my $line = $json->decode($text);
    my $call = { method => $line->{method}, params => $line->{kwargs} || $line->{args} || [] };
    if (!$line->{notify}) { $client->id(++$id) }
    elsif (($version // '') eq '1.0') { $call->{id} = undef }
    else { $client->id(undef) }
    my $response = $client->call($url, $call);
    my $answer =
         !$response            ? { ok => undef, status => $client->status_line }
        : $response->is_error  ? { error => $response->error_message }
        :                        { ok => $response->result };
    print $json->encode($answer), "\n";
}
