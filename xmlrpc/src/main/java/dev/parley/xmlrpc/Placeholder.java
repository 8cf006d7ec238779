package dev.parley.xmlrpc;

final class Placeholder {}
