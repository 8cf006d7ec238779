package dev.parley.zerorpc;

final class Placeholder {}
