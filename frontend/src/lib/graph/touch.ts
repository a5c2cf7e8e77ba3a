const SLIP = 8; // pixels that a finger which taps may move
const EARLY = { capture: true, passive: true };

/**
 * Leaves the page's scrolling to one finger, whose taps still count; two fingers move the picture
 * and make it larger, of which `pinching` is told. Cytoscape would take any finger for its own.
 */
export function shareTouch(surface: HTMLElement, pinching: (two: boolean) => void): void {
  let begun: Touch | undefined;
  const begin = (event: TouchEvent) => {
    begun = event.touches[0];
    pinching(event.touches.length > 1);
  };
  const move = (event: TouchEvent) => {
    const [touch] = event.touches;
    if (event.touches.length > 1 || !touch) return;
    event.stopPropagation();
    if (!begun || Math.hypot(touch.clientX - begun.clientX, touch.clientY - begun.clientY) <= SLIP) return;
    begun = undefined;
    window.dispatchEvent(new Event("touchcancel")); // no tap any more
  };
  surface.addEventListener("touchstart", begin, EARLY);
  surface.addEventListener("touchmove", move, EARLY);
}
