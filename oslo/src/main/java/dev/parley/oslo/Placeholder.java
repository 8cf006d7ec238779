package dev.parley.oslo;

final class Placeholder {}
