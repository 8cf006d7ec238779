package dev.parley.jsonrpc;

final class Placeholder {}
