(function () {
  "use strict";
  /* While a new password is typed: which lines of its rule it follows already. */
  $(document).on("checkpassword", function (event, context) {
    $("#ppolicy span[data-needs], #ppolicy span[data-refuses]").each(function () {
      var needs = this.getAttribute("data-needs");
      var follows = needs
        ? new RegExp(needs).test(context.password)
        : !new RegExp(this.getAttribute("data-refuses")).test(context.password);
      context.setResult($(this).siblings("i").attr("id"), follows ? "good" : "bad");
    });
  });
  /* The page's language, for screen readers, is that of its words. */
  $(document).on("ajaxSuccess", function (event, answer, asked) {
    var language = /languages\/(\w+)\.json/.exec(asked.url);
    if (language) {
      document.documentElement.lang = language[1];
      $('[aria-label="Close"]').attr("aria-label", window.translate("cancel"));
    }
  });
  /* Signed out: as soon as the applications in the frames have ended too there is nothing left to wait for. */
  $(window).on("load", function () {
    if ($("form.info iframe").length) {
      $("form.info").trigger("submit");
    }
  });
})();
