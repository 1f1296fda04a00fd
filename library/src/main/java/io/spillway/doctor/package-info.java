/** What is right and what is wrong with a site, judged from facts: data in, findings out. */
@NullMarked
package io.spillway.doctor;

import org.jspecify.annotations.NullMarked;
