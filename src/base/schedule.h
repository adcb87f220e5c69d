/* How the system shares its processors among threads. */
#ifndef BASE_SCHEDULE_H
#define BASE_SCHEDULE_H

/* Many threads that mostly wait are about to start, and how much they do
 * together counts for more than how soon one of them goes on: have a thread
 * that wakes up not take the processor from one that runs. Threads started by
 * this one inherit it. */
void schedule_for_throughput(void);

#endif
