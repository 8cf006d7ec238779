package dev.parley.broker;

final class Placeholder {}
