# xmlrpc_server.rb: Ruby's own XML-RPC server (WEBrick), one thread per connection.

require "webrick"
require "xmlrpc/server"

servlet = XMLRPC::WEBrickServlet.new
servlet.add_handler("add") { |a, b| a + b }
servlet.add_handler("fail") { |text| raise XMLRPC::FaultException.new(7, text) }
server = WEBrick::HTTPServer.new(
  BindAddress: "127.0.0.1", Port: 0, AccessLog: [], Logger: WEBrick::Log.new($stderr, WEBrick::Log::ERROR)
)
server.mount("/RPC2", servlet)
puts "ready http://127.0.0.1:#{server.listeners[0].addr[1]}/RPC2"
$stdout.flush
server.start
