/** Whether the worker is of use, told to whoever asks over HTTP. */
package io.unifluid.worker.health;
