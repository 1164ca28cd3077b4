// A page that only leads on: its form is sent at once, so that nobody has to press the button.
document.querySelector("form[data-sends-itself]")?.requestSubmit();
