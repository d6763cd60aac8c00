package io.unifluid.hostile;

/** Where a record lies. */
record Origin(String topic, int partition, long offset) {
    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
