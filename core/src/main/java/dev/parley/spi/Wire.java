package dev.parley.spi;

public interface Wire {}
