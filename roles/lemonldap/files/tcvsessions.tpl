<div class="card border-secondary">
  <div class="card-header text-white bg-secondary"><h4 class="card-title" trspan="tcvSessions"></h4></div>
  <div class="card-body">
    <form action="/endsession" method="post">
      <input type="hidden" name="token" value="<TMPL_VAR NAME="TOKEN">" />
      <table class="table table-sm">
        <thead><tr>
          <th scope="col" trspan="startTime"></th>
          <th scope="col" trspan="ipAddr"></th>
          <th scope="col" trspan="tcvBrowser"></th>
          <td></td>
        </tr></thead>
        <tbody>
          <TMPL_LOOP NAME="SESSIONS">
          <tr>
            <td class="localeDate" val="<TMPL_VAR NAME="begun">"></td>
            <td><TMPL_VAR NAME="address" ESCAPE=HTML></td>
            <td><TMPL_VAR NAME="browser" ESCAPE=HTML></td>
            <td>
              <TMPL_IF NAME="current">
                <span trspan="tcvThisSession"></span>
              <TMPL_ELSE>
                <button type="submit" name="session" value="<TMPL_VAR NAME="handle">" class="btn btn-sm btn-danger" trspan="tcvEnd"></button>
              </TMPL_IF>
            </td>
          </tr>
          </TMPL_LOOP>
        </tbody>
      </table>
      <TMPL_IF NAME="OTHERS">
        <button type="submit" name="session" value="others" class="btn btn-danger" trspan="tcvEndOthers"></button>
      </TMPL_IF>
    </form>
  </div>
</div>
